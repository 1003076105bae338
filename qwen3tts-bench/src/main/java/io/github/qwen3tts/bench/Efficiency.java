package io.github.qwen3tts.bench;

/**
 * How near an engine comes to its machine.
 *
 * @param roofline            of the machine
 * @param cost                of a frame
 * @param languageModelMillis to read the language model's weights once per use, and nothing else
 * @param codecMillis         to do the codec decoder's multiply-adds in 32-bit floats, and nothing else
 * @param languageModelShare  of the measured time that these are; 1 would be all the memory can do. May exceed it where
 *                            caches hold weights
 * @param codecShare          likewise, of all that the kernels can do. May exceed 1: in 32-bit floats the decoder saves
 *                            products, and in 8 bits it multiplies faster than the peak it is held against
 */
record Efficiency(
        Roofline roofline,
        FrameCost cost,
        double languageModelMillis,
        double codecMillis,
        double languageModelShare,
        double codecShare) {

    static Efficiency of(Roofline roofline, FrameCost cost, FrameTime time) {
        double languageModel = cost.languageModelBytes() / roofline.readBytesPerSecond() * 1000;
        double codec = cost.codecMacs() / roofline.floatMacsPerSecond() * 1000;
        return new Efficiency(
                roofline, cost, languageModel, codec, languageModel / time.languageModel(), codec / time.codec());
    }
}
