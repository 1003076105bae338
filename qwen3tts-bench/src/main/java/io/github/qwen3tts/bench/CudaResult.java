package io.github.qwen3tts.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Locale;

/**
 * What came out for one number of streams on a GPU.
 *
 * @param setting          what was measured
 * @param newVoice         how long the first frame takes of a voice that has not spoken: the whole prompt is read
 * @param knownVoice       the same of one that has: rows before the text are kept
 * @param newAtOnce        as newVoice, with the whole text in the prompt instead of a token a frame
 * @param knownAtOnce      as knownVoice, likewise
 * @param languageMillis   a frame's codes, all streams together
 * @param codecMillis      a frame's samples, all streams together
 * @param sameAsAlone      whether the first stream's codes and samples are those it has alone
 * @param piecesEqualWhole whether one call for all frames gives the samples of one call per frame
 */
public record CudaResult(
        Setting setting,
        First newVoice,
        First knownVoice,
        First newAtOnce,
        First knownAtOnce,
        Summary languageMillis,
        Summary codecMillis,
        boolean sameAsAlone,
        boolean piecesEqualWhole) {

    private static final double FRAME_MILLIS = 80;

    /**
     * What was measured.
     *
     * @param card               its name
     * @param copyBytesPerSecond what the GPU reads and writes in a second when it copies, both counted
     * @param model              name of the checkpoint's directory
     * @param precision          of the large matrices
     * @param weightBytes        read for a frame's codes, once for all streams
     * @param overlap            whether kernels come onto the GPU before the one in front has ended
     * @param streams            that spoke at once
     * @param deviceBytes        taken on the GPU
     */
    public record Setting(
            String card,
            double copyBytesPerSecond,
            String model,
            String precision,
            long weightBytes,
            boolean overlap,
            int streams,
            long deviceBytes) {}

    /**
     * From the call with a prompt's ids, one stream.
     *
     * @param positions    of the prompt
     * @param promptMillis to the end of the prompt
     * @param codesMillis  to the first frame's codes
     * @param audioMillis  to its samples
     */
    public record First(int positions, Summary promptMillis, Summary codesMillis, Summary audioMillis) {

        private String text() {
            return String.format(
                    Locale.ROOT,
                    "prompt of %d positions %.2f ms, first codes %.2f, first audio %.2f (p95 %.2f)",
                    positions,
                    promptMillis.p50(),
                    codesMillis.p50(),
                    audioMillis.p50(),
                    audioMillis.p95());
        }
    }

    /**
     * Whether nineteen of twenty frames were made in less time than they last.
     *
     * @return as measured, all streams together
     */
    public boolean inRealTime() {
        return languageMillis.p95() + codecMillis.p95() <= FRAME_MILLIS;
    }

    /**
     * For a file of lines.
     *
     * @return one line
     */
    public String json() {
        try {
            return OwnProcess.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * For a person.
     *
     * @return some lines
     */
    public String text() {
        double frame = languageMillis.p50() + codecMillis.p50();
        double weightBytesPerSecond = setting.weightBytes() / languageMillis.p50() * 1e3;
        return String.format(
                Locale.ROOT,
                "%s %s, %d streams, kernels overlap: %s, %d MiB%n"
                        + "  frame %.2f ms (codes %.2f, audio %.2f; p95 %.2f and %.2f), rtf %.4f, in real time: %s%n"
                        + "  weights %.0f GB/s, %.0f %% of the %.0f GB/s at which the card copies%n"
                        + "  a new voice: %s%n"
                        + "  a known voice: %s%n"
                        + "  text at once, a new voice: %s%n"
                        + "  text at once, a known voice: %s%n"
                        + "  same as alone: %s, pieces equal the whole: %s",
                setting.model(),
                setting.precision(),
                setting.streams(),
                setting.overlap(),
                setting.deviceBytes() >> 20,
                frame,
                languageMillis.p50(),
                codecMillis.p50(),
                languageMillis.p95(),
                codecMillis.p95(),
                frame / FRAME_MILLIS,
                inRealTime(),
                weightBytesPerSecond / 1e9,
                100 * weightBytesPerSecond / setting.copyBytesPerSecond(),
                setting.copyBytesPerSecond() / 1e9,
                newVoice.text(),
                knownVoice.text(),
                newAtOnce.text(),
                knownAtOnce.text(),
                sameAsAlone,
                piecesEqualWhole);
    }
}
