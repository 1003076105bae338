package io.github.qwen3tts.examples;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Fetches a model into the cache that all programs use, and prints its folder. */
@Command(
        name = "download",
        description = "Fetches a model, so that other programs find it without a network; prints its folder.",
        mixinStandardHelpOptions = true)
final class DownloadModel implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "The name of a model, such as Qwen/Qwen3-TTS-12Hz-0.6B-Base.")
    private String model;

    @Override
    public Integer call() {
        System.out.println(ModelOption.resolve(model));
        return 0;
    }
}
