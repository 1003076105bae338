package io.github.qwen3tts.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A YAML value that knows where it stands. */
sealed interface Node {

    /** Where the value begins; line and column count from 1. */
    record Place(Path file, int line, int column) {
        @Override
        public String toString() {
            return "file=" + file + ", line=" + line + ", column=" + column;
        }
    }

    Place place();

    /** What YAML takes a scalar for. */
    enum Type {
        /** Quoted, or unlike anything below. */
        TEXT,
        /** A whole number. */
        INTEGER,
        /** Any other number. */
        NUMBER,
        /** true or false. */
        FLAG,
        /** Nothing, null or a tilde. */
        NOTHING
    }

    /** A scalar, as written but for quotes. */
    record Scalar(Place place, Type type, String text) implements Node {}

    record Sequence(Place place, List<Node> items) implements Node {}

    /** Names in the order of the file. */
    record Mapping(Place place, Map<Key, Node> entries) implements Node {}

    /** A name in a mapping; two are equal if they read the same. */
    record Key(Place place, String name) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** Whether nothing was written here, which counts as if the name were not there. */
    default boolean isNothing() {
        return this instanceof Scalar scalar && scalar.type() == Type.NOTHING;
    }
}
