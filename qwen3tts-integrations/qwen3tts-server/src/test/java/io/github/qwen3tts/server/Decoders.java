package io.github.qwen3tts.server;

import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusException;
import io.github.qwen3tts.audio.internal.Pcm16;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javazoom.jl.decoder.Bitstream;
import javazoom.jl.decoder.Decoder;
import javazoom.jl.decoder.Header;
import javazoom.jl.decoder.JavaLayerException;
import net.sourceforge.jaad.SampleBuffer;
import net.sourceforge.jaad.adts.ADTSDemultiplexer;
import org.jflac.FLACDecoder;
import org.jflac.PCMProcessor;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;

/** Decoders in Java, so that no encoder is checked by its own decoder. All give 16-bit mono PCM of 24 kHz. */
final class Decoders {

    private static final int RATE = 24_000;
    private static final int WAV_HEADER_BYTES = 44;
    private static final int AAC_FRAME_SAMPLES = 1_024;

    private Decoders() {}

    static byte[] pcm16(SpeechFormat format, byte[] bytes) throws IOException {
        return switch (format) {
            case PCM -> bytes;
            case WAV -> wav(bytes);
            case FLAC -> flac(bytes);
            case MP3 -> mp3(bytes);
            case AAC -> aac(bytes);
            case OPUS -> opus(bytes);
        };
    }

    static float[] samples(byte[] pcm16) {
        float[] samples = new float[pcm16.length / Pcm16.BYTES];
        Pcm16.decode(pcm16, 0, samples.length, samples, 0);
        return samples;
    }

    /** The plain header of 16-bit mono PCM, read field by field. */
    private static byte[] wav(byte[] bytes) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(ascii(bytes, 0, 4).equals("RIFF") && ascii(bytes, 8, 8).equals("WAVEfmt "), "WAV");
        require(header.getInt(16) == 16 && header.getShort(20) == 1, "PCM");
        require(
                header.getShort(22) == 1 && header.getInt(24) == RATE && header.getShort(34) == 16,
                "16-bit 24 kHz mono");
        require(ascii(bytes, 36, 4).equals("data"), "data behind the format");
        return Arrays.copyOfRange(bytes, WAV_HEADER_BYTES, bytes.length);
    }

    private static byte[] flac(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FLACDecoder decoder = new FLACDecoder(new ByteArrayInputStream(bytes));
        decoder.addPCMProcessor(new PCMProcessor() {
            @Override
            public void processStreamInfo(StreamInfo info) {
                if (info.getSampleRate() != RATE || info.getChannels() != 1 || info.getBitsPerSample() != 16) {
                    throw new IllegalStateException(info.toString());
                }
            }

            @Override
            public void processPCM(ByteData pcm) {
                out.write(pcm.getData(), 0, pcm.getLen());
            }
        });
        decoder.decode();
        return out.toByteArray();
    }

    private static byte[] mp3(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Bitstream stream = new Bitstream(new ByteArrayInputStream(bytes));
            Decoder decoder = new Decoder();
            for (Header frame = stream.readFrame(); frame != null; frame = stream.readFrame()) {
                require(frame.frequency() == RATE, "24 kHz");
                javazoom.jl.decoder.SampleBuffer samples =
                        (javazoom.jl.decoder.SampleBuffer) decoder.decodeFrame(frame, stream);
                require(samples.getChannelCount() == 1, "mono");
                write(samples.getBuffer(), samples.getBufferLength(), out);
                stream.closeFrame();
            }
        } catch (JavaLayerException e) {
            throw new IOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] aac(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ADTSDemultiplexer frames = new ADTSDemultiplexer(new ByteArrayInputStream(bytes));
        require(frames.getSampleFrequency() == RATE, "24 kHz");
        net.sourceforge.jaad.aac.Decoder decoder = net.sourceforge.jaad.aac.Decoder.create(frames.getDecoderInfo());
        SampleBuffer samples = new SampleBuffer(new AudioFormat(RATE, 16, 1, true, false));
        try {
            while (true) {
                byte[] frame = frames.readNextFrame();
                try {
                    decoder.decodeFrame(frame, samples);
                    writeLeft(samples, out); // it gives two channels, whatever there is
                } catch (ArrayIndexOutOfBoundsException e) {
                    // Its table ends one short of the largest coefficient there is, which loud noise may have.
                    out.write(new byte[AAC_FRAME_SAMPLES * Pcm16.BYTES]);
                }
            }
        } catch (EOFException e) {
            return out.toByteArray(); // the demultiplexer's way to say that there are no more
        }
    }

    private static void writeLeft(SampleBuffer samples, ByteArrayOutputStream out) {
        int step = samples.getChannels() * Pcm16.BYTES;
        for (int at = 0; at < samples.getData().length; at += step) {
            out.write(samples.getData(), at, Pcm16.BYTES);
        }
    }

    private static byte[] opus(byte[] bytes) throws IOException {
        List<byte[]> packets = oggPackets(bytes);
        byte[] head = packets.get(0);
        require(ascii(head, 0, 8).equals("OpusHead") && head[9] == 1, "mono Opus");
        require(ascii(packets.get(1), 0, 8).equals("OpusTags"), "tags behind the head");
        int preSkip = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(10) * RATE / 48_000;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            OpusDecoder decoder = new OpusDecoder(RATE, 1);
            short[] samples = new short[RATE * 120 / 1_000]; // the longest packet there is
            for (byte[] packet : packets.subList(2, packets.size())) {
                write(samples, decoder.decode(packet, 0, packet.length, samples, 0, samples.length, false), out);
            }
        } catch (OpusException e) {
            throw new IOException(e);
        }
        return Arrays.copyOfRange(out.toByteArray(), preSkip * Pcm16.BYTES, out.size());
    }

    /** The packets of one Ogg stream: pages of segments, of which those shorter than 255 end a packet. */
    private static List<byte[]> oggPackets(byte[] bytes) throws IOException {
        List<byte[]> packets = new ArrayList<>();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        int at = 0;
        while (at < bytes.length) {
            require(ascii(bytes, at, 4).equals("OggS"), "an Ogg page");
            int segments = bytes[at + 26] & 0xff;
            int data = at + 27 + segments;
            for (int i = 0; i < segments; i++) {
                int length = bytes[at + 27 + i] & 0xff;
                packet.write(bytes, data, length);
                data += length;
                if (length < 255) {
                    packets.add(packet.toByteArray());
                    packet.reset();
                }
            }
            at = data;
        }
        return packets;
    }

    private static void write(short[] samples, int count, ByteArrayOutputStream out) {
        for (int i = 0; i < count; i++) {
            out.write(samples[i]);
            out.write(samples[i] >> 8);
        }
    }

    private static String ascii(byte[] bytes, int from, int count) {
        return new String(bytes, from, count, StandardCharsets.US_ASCII);
    }

    private static void require(boolean holds, String what) throws IOException {
        if (!holds) {
            throw new IOException("not as expected: " + what);
        }
    }
}
