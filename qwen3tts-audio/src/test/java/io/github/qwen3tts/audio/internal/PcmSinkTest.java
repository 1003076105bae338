package io.github.qwen3tts.audio.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PcmSinkTest {

    @Test
    void writesTheBytesOfPcm16HoweverLongTheArray() throws IOException {
        float[] samples = new float[10_001];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(i);
        }
        Recorder out = new Recorder();
        try (PcmSink sink = new PcmSink(out)) {
            sink.write(samples, 1, 10_000);
        }
        byte[] expected = new byte[20_000];
        Pcm16.encode(samples, 1, 10_000, expected, 0);
        assertArrayEquals(expected, out.toByteArray());
    }

    @Test
    void flushesEachWriteAndLeavesTheStreamOpen() throws IOException {
        Recorder out = new Recorder();
        PcmSink sink = new PcmSink(out);
        sink.write(new float[5]);
        assertEquals(1, out.flushes);
        sink.close();
        sink.close();
        assertFalse(out.closed);
    }

    @Test
    void refusesARangeOutsideTheArray() {
        PcmSink sink = new PcmSink(new Recorder());
        assertThrows(IndexOutOfBoundsException.class, () -> sink.write(new float[4], 2, 3));
    }

    private static final class Recorder extends ByteArrayOutputStream {
        int flushes;
        boolean closed;

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
