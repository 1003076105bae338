package io.github.qwen3tts.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RoomPolicyTest {

    @Test
    void whatWasNotAskedForMayShrink() {
        assertEquals(List.of(8, 4, 2, 1), RoomPolicy.streams(OptionalInt.empty()));
        assertEquals(List.of(4096, 2048, 1024), RoomPolicy.frames(OptionalInt.empty()));
    }

    @Test
    void whatWasAskedForStays() {
        assertEquals(List.of(30), RoomPolicy.streams(OptionalInt.of(30)));
        assertEquals(List.of(70), RoomPolicy.frames(OptionalInt.of(70)));
    }
}
