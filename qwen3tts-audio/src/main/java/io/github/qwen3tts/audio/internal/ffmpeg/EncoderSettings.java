package io.github.qwen3tts.audio.internal.ffmpeg;

import java.util.Map;

/**
 * How FFmpeg is to write one stream.
 *
 * @param encoder       FFmpeg's name of the encoder
 * @param muxer         FFmpeg's name of the container
 * @param sampleRateHz  rate of the stream; what comes is resampled to it
 * @param frameSamples  samples per packet where the encoder lets us choose, else 0
 * @param bitsPerSecond target, 0 for the encoder's own
 * @param options       private options of encoder and muxer
 */
record EncoderSettings(
        String encoder,
        String muxer,
        int sampleRateHz,
        int frameSamples,
        int bitsPerSecond,
        Map<String, String> options) {

    private static final int[] MP3_RATES = {8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000};
    private static final int[] AAC_RATES = {
        7_350, 8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000
    };
    private static final int OPUS_RATE = 48_000;
    private static final int MAX_FLAC_RATE = 655_350;
    /** 25 packets a second: half the delay of FLAC's usual blocks for one percent more bytes. */
    private static final int FLAC_PACKETS_PER_SECOND = 25;

    /** The settings with the least delay each format allows. */
    static EncoderSettings of(AudioCodec codec, int sampleRateHz, int bitsPerSecond) {
        if (sampleRateHz < 1_000 || sampleRateHz > MAX_FLAC_RATE) {
            throw new IllegalArgumentException(
                    "sampleRateHz must be in [1000, " + MAX_FLAC_RATE + "]: sampleRateHz=" + sampleRateHz);
        }
        if (codec != AudioCodec.FLAC && (bitsPerSecond < 6_000 || bitsPerSecond > 512_000)) {
            throw new IllegalArgumentException(
                    "bitsPerSecond must be in [6000, 512000]: bitsPerSecond=" + bitsPerSecond + ", codec=" + codec);
        }
        return switch (codec) {
            // Without a reservoir no packet waits for bits of a later one; without Xing no seek back at the end.
            case MP3 ->
                new EncoderSettings(
                        "libmp3lame",
                        "mp3",
                        atLeast(sampleRateHz, MP3_RATES),
                        0,
                        bitsPerSecond,
                        Map.of("reservoir", "0", "write_xing", "0", "id3v2_version", "0"));
            case OPUS ->
                new EncoderSettings("libopus", "ogg", OPUS_RATE, 0, bitsPerSecond, Map.of("frame_duration", "20"));
            case AAC ->
                new EncoderSettings("aac", "adts", atLeast(sampleRateHz, AAC_RATES), 0, bitsPerSecond, Map.of());
            case FLAC ->
                new EncoderSettings(
                        "flac",
                        "flac",
                        sampleRateHz,
                        sampleRateHz / FLAC_PACKETS_PER_SECOND,
                        0,
                        Map.of("metadata_header_padding", "0"));
        };
    }

    private static int atLeast(int sampleRateHz, int[] rates) {
        for (int rate : rates) {
            if (rate >= sampleRateHz) {
                return rate;
            }
        }
        return rates[rates.length - 1];
    }
}
