package io.github.qwen3tts.examples.client;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.models.audio.speech.SpeechCreateParams;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** OpenAI's Java SDK with this server instead of OpenAI's: only the address differs. */
public final class OpenAiSpeech {

    private OpenAiSpeech() {}

    /**
     * Has a text spoken into an MP3 file.
     *
     * @param server such as {@code http://localhost:8000}
     * @param text   to speak
     * @param voice  by a name the server knows
     * @param file   to create or replace
     * @throws IOException if the file cannot be written
     */
    public static void speak(URI server, String text, String voice, Path file) throws IOException {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.resolve("/v1").toString())
                .apiKey("dummy-key")
                .build();
        SpeechCreateParams wanted = SpeechCreateParams.builder()
                .model("qwen3-tts")
                .voice(voice)
                .input(text)
                .build();
        try (HttpResponse response = client.audio().speech().create(wanted);
                InputStream mp3 = response.body()) {
            Files.copy(mp3, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            client.close();
        }
    }
}
