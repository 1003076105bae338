package io.github.qwen3tts.internal.model.graph;

import static io.github.qwen3tts.internal.onnx.Plain.assertClose;

import io.github.qwen3tts.internal.checkpoint.Checkpoint;
import io.github.qwen3tts.internal.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.internal.onnx.Plain;
import io.github.qwen3tts.internal.runtime.OrtModel;
import io.github.qwen3tts.internal.runtime.OrtRuntime;
import io.github.qwen3tts.internal.runtime.Scope;
import io.github.qwen3tts.internal.runtime.Tensor;
import io.github.qwen3tts.internal.safetensors.Safetensors;
import io.github.qwen3tts.internal.text.GoldenFiles;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TextProjectionGraphTest {

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));
    private final TalkerConfig config = checkpoint.config().talker();

    @Test
    void rowsAreProjectedTwiceWithSiluBetween() throws IOException {
        int in = config.textHidden();
        int out = config.transformer().hidden();
        int tokens = 4;
        float[] embeddings = Arrays.copyOf(weight("model.text_embedding.weight"), tokens * in);
        float[] inner = Plain.linear(
                embeddings,
                weight("text_projection.linear_fc1.weight"),
                weight("text_projection.linear_fc1.bias"),
                in,
                in);
        float[] expected = Plain.linear(
                Plain.silu(inner),
                weight("text_projection.linear_fc2.weight"),
                weight("text_projection.linear_fc2.bias"),
                in,
                out);
        try (Scope owned = new Scope()) {
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            OrtModel model = owned.own(runtime.open(TextProjectionGraph.build(checkpoint), OrtRuntime.Size.SMALL));
            Tensor input = owned.own(Tensor.floats(tokens, in));
            Tensor output = owned.own(Tensor.floats(tokens, out));
            input.floats().put(embeddings);
            model.run(new OrtModel.Bindings().input("embeddings", input).output("rows", output));
            float[] actual = new float[tokens * out];
            output.floats().get(actual);
            assertClose(expected, actual);
        }
    }

    private float[] weight(String name) throws IOException {
        return Safetensors.readFloats(checkpoint.weights().get("talker." + name));
    }
}
