package io.github.qwen3tts.audio.internal.wav;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds WAV files chunk by chunk, also such as no writer of ours makes. */
final class WavBytes {

    static final int PCM = 1;
    static final int FLOAT = 3;

    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private String magic = "RIFF";
    private Integer riffSize;

    WavBytes magic(String value) {
        magic = value;
        return this;
    }

    WavBytes riffSize(int value) {
        riffSize = value;
        return this;
    }

    WavBytes format(int tag, int channels, int rate, int bits) {
        return chunk("fmt ", formatFields(tag, channels, rate, bits).array());
    }

    WavBytes extensible(int tag, int channels, int rate, int bits, int validBits) {
        ByteBuffer fields = little(40).put(formatFields(0xfffe, channels, rate, bits));
        fields.putShort((short) 22).putShort((short) validBits).putInt(0);
        fields.putShort((short) tag);
        fields.put(new byte[] {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71});
        return chunk("fmt ", fields.array());
    }

    WavBytes chunk(String id, byte[] content) {
        return chunk(id, content.length, content);
    }

    WavBytes chunk(String id, int size, byte[] content) {
        chunks.writeBytes(id.getBytes(StandardCharsets.US_ASCII));
        chunks.writeBytes(little(4).putInt(size).array());
        chunks.writeBytes(content);
        if (content.length % 2 == 1) {
            chunks.write(0);
        }
        return this;
    }

    byte[] build() {
        byte[] body = chunks.toByteArray();
        ByteBuffer file = little(12 + body.length);
        file.put(magic.getBytes(StandardCharsets.US_ASCII));
        file.putInt(riffSize == null ? 4 + body.length : riffSize);
        file.put("WAVE".getBytes(StandardCharsets.US_ASCII));
        return file.put(body).array();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes of samples that {@code bits} can hold exactly. */
    static byte[] samples(int tag, int bits, float... samples) {
        ByteBuffer bytes = little(samples.length * bits / 8);
        for (float sample : samples) {
            double scaled = sample * Math.scalb(1.0, bits - 1);
            if (tag == FLOAT && bits == 32) {
                bytes.putFloat(sample);
            } else if (tag == FLOAT) {
                bytes.putDouble(sample);
            } else if (bits == 8) {
                bytes.put((byte) (scaled + 128));
            } else {
                long value = (long) scaled;
                for (int shift = 0; shift < bits; shift += 8) {
                    bytes.put((byte) (value >> shift));
                }
            }
        }
        return bytes.array();
    }

    private static ByteBuffer formatFields(int tag, int channels, int rate, int bits) {
        int frameBytes = channels * bits / 8;
        ByteBuffer fields =
                little(16).putShort((short) tag).putShort((short) channels).putInt(rate);
        return fields.putInt(rate * frameBytes)
                .putShort((short) frameBytes)
                .putShort((short) bits)
                .flip();
    }
}
