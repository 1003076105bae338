package io.github.qwen3tts.internal.runtime;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * One run of a graph as the Java Flight Recorder sees it, so that a recording shows where the time of a frame goes.
 * Nothing happens while nobody records.
 */
@Name("io.github.qwen3tts.GraphRun")
@Label("Graph Run")
@Category("Qwen3-TTS")
@Description("A graph computed by ONNX Runtime")
@StackTrace(false)
final class GraphRun extends Event {

    @Label("Graph")
    String graph;
}
