package io.github.qwen3tts.internal.model.cuda;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Which prefix lies at which place of the device's store; new ones replace what was used least recently. */
final class KeptPrefixes {

    private final int capacity;
    private final Map<PromptPrefix, Integer> places = new LinkedHashMap<>(16, 0.75f, true); // last used last

    /** Places {@code 0 .. capacity}, all empty. */
    KeptPrefixes(int capacity) {
        this.capacity = capacity;
    }

    /** Where it lies, which counts as a use; empty if it is not kept. */
    OptionalInt find(PromptPrefix prefix) {
        Integer place = places.get(prefix);
        return place == null ? OptionalInt.empty() : OptionalInt.of(place);
    }

    /** A place to be filled. What lay there is forgotten; nothing is found there before {@link #put}. */
    int vacate() {
        if (places.size() == capacity) {
            places.remove(places.keySet().iterator().next());
        }
        return IntStream.range(0, capacity)
                .filter(place -> !places.containsValue(place))
                .findFirst()
                .orElseThrow();
    }

    /** The place holds the whole prefix now. */
    void put(PromptPrefix prefix, int place) {
        places.put(prefix, place);
    }
}
