package io.github.qwen3tts.internal.text;

import java.util.HashMap;
import java.util.Map;

/** The tokens that are found in the raw text as literals, such as {@code <|im_start|>}. Immutable once built. */
final class AddedTokens {

    private static final int NO_ID = -1;

    /**
     * A literal in a text.
     *
     * @param from index of its first character
     * @param to   index behind its last character
     * @param id   its token
     */
    record Match(int from, int to, int id) {}

    /** The literals that begin with the characters on the way to this node. */
    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private int id = NO_ID;
    }

    private final Map<String, Integer> ids;
    private final Node root = new Node();

    AddedTokens(Map<String, Integer> ids) {
        this.ids = Map.copyOf(ids);
        ids.forEach((literal, id) -> {
            Node node = root;
            for (int i = 0; i < literal.length(); i++) {
                node = node.next.computeIfAbsent(literal.charAt(i), c -> new Node());
            }
            node.id = id;
        });
    }

    /** One more than the largest id; 0 if there is none. */
    int idLimit() {
        return ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    }

    /** The id of a literal, or null. */
    Integer id(String literal) {
        return ids.get(literal);
    }

    /** The first literal at or after {@code from}, the longest of those that begin there, or null. */
    Match find(String text, int from) {
        for (int start = from; start < text.length(); start++) {
            Match longest = null;
            Node node = root.next.get(text.charAt(start));
            for (int at = start + 1; node != null; at++) {
                if (node.id != NO_ID) {
                    longest = new Match(start, at, node.id);
                }
                node = at < text.length() ? node.next.get(text.charAt(at)) : null;
            }
            if (longest != null) {
                return longest;
            }
        }
        return null;
    }
}
