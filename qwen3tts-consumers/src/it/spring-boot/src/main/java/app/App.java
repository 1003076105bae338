package app;

import ai.onnxruntime.OrtEnvironment;
import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.Speech;
import io.github.qwen3tts.api.SpeechSynthesizer;
import io.github.qwen3tts.api.SynthesisRequest;
import io.github.qwen3tts.api.Voice;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Uses ONNX Runtime for something else first, then speaks with an engine that the context opens and closes. */
@SpringBootApplication
public class App {

    @Bean
    TtsEngine engine(@Value("${model}") Path model) {
        return TtsEngine.open(model);
    }

    public static void main(String[] args) {
        OrtEnvironment ofTheApplication = OrtEnvironment.getEnvironment();
        SynthesisRequest request =
                SynthesisRequest.of("Good morning.", Voice.named("ryan")).withMaxDuration(Duration.ofSeconds(1));
        SpeechSynthesizer synthesizer;
        try (ConfigurableApplicationContext context = SpringApplication.run(App.class, args)) {
            synthesizer = context.getBean(SpeechSynthesizer.class);
            Speech speech = synthesizer.speak(request);
            System.out.println("spoke " + speech.audio().length() + " samples");
        }
        try {
            synthesizer.speak(request);
        } catch (EngineClosedException e) {
            System.out.println("closed with the context: " + e.getMessage());
        }
        System.out.println("ONNX Runtime " + ofTheApplication.getVersion() + " is still the application's");
    }
}
