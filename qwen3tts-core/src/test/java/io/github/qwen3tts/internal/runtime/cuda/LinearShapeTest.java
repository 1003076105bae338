package io.github.qwen3tts.internal.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LinearShapeTest {

    @Test
    void fewOutputsAreSpreadOverTwiceAsManyBlocks() {
        assertEquals(new LinearShape(1, true), LinearShape.of(1, 1024));
        assertEquals(128, LinearShape.of(1, 1024).blocksOfOutputs(1024));
        assertEquals(new LinearShape(1, false), LinearShape.of(1, 2048));
        assertEquals(new LinearShape(4, true), LinearShape.of(3, 1536));
        assertEquals(new LinearShape(16, true), LinearShape.of(16, 1024));
        assertEquals(new LinearShape(16, false), LinearShape.of(64, 1024)); // four blocks of rows each
    }
}
