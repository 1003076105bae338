package io.github.qwen3tts.model.graph;

import static io.github.qwen3tts.onnx.Plain.assertClose;

import io.github.qwen3tts.checkpoint.Checkpoint;
import io.github.qwen3tts.checkpoint.ModelConfig.TalkerConfig;
import io.github.qwen3tts.onnx.Plain;
import io.github.qwen3tts.runtime.OrtModel;
import io.github.qwen3tts.runtime.OrtRuntime;
import io.github.qwen3tts.runtime.Scope;
import io.github.qwen3tts.runtime.Tensor;
import io.github.qwen3tts.safetensors.Safetensors;
import io.github.qwen3tts.text.GoldenFiles;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TextEmbeddingGraphTest {

    private final Checkpoint checkpoint = Checkpoint.open(GoldenFiles.path("checkpoints/mini-custom-voice"));
    private final TalkerConfig config = checkpoint.config().talker();

    @Test
    void rowsAreProjectedTwiceWithSiluBetween() throws IOException {
        int[] ids = {0, config.textVocab() - 1, 7, 7};
        int in = config.textHidden();
        int out = config.transformer().hidden();
        float[] table = weight("model.text_embedding.weight");
        float[] rows = new float[ids.length * in];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(table, ids[i] * in, rows, i * in, in);
        }
        float[] inner = Plain.linear(
                rows, weight("text_projection.linear_fc1.weight"), weight("text_projection.linear_fc1.bias"), in, in);
        float[] expected = Plain.linear(
                Plain.silu(inner),
                weight("text_projection.linear_fc2.weight"),
                weight("text_projection.linear_fc2.bias"),
                in,
                out);
        try (Scope owned = new Scope()) {
            OrtRuntime runtime = OrtRuntime.start(new OrtRuntime.Threads(2, false));
            OrtModel model = owned.own(runtime.open(TextEmbeddingGraph.build(checkpoint), OrtRuntime.Size.SMALL));
            Tensor idTensor = owned.own(Tensor.longs(ids.length));
            Tensor rowTensor = owned.own(Tensor.floats(ids.length, out));
            for (int i = 0; i < ids.length; i++) {
                idTensor.longs().put(i, ids[i]);
            }
            model.run(new OrtModel.Bindings().input("ids", idTensor).output("rows", rowTensor));
            float[] actual = new float[ids.length * out];
            rowTensor.floats().get(actual);
            assertClose(expected, actual);
        }
    }

    private float[] weight(String name) throws IOException {
        return Safetensors.readFloats(checkpoint.weights().get("talker." + name));
    }
}
