package io.github.qwen3tts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StreamRoomTest {

    private static final OptionalInt UNASKED = OptionalInt.empty();

    private static List<String> choices(OptionalInt streams, OptionalInt frames) {
        return StreamRoom.choices(streams, frames).stream()
                .map(room -> room.streams() + " of " + room.frames())
                .toList();
    }

    @Test
    void streamsBecomeFewerBeforeTheyBecomeShorter() {
        assertEquals(
                List.of("8 of 4096", "4 of 4096", "2 of 4096", "1 of 4096", "1 of 2048", "1 of 1024"),
                choices(UNASKED, UNASKED));
    }

    @Test
    void whatWasAskedForStays() {
        assertEquals(List.of("30 of 4096", "30 of 2048", "30 of 1024"), choices(OptionalInt.of(30), UNASKED));
        assertEquals(List.of("8 of 500", "4 of 500", "2 of 500", "1 of 500"), choices(UNASKED, OptionalInt.of(500)));
        assertEquals(List.of("3 of 70"), choices(OptionalInt.of(3), OptionalInt.of(70)));
    }
}
