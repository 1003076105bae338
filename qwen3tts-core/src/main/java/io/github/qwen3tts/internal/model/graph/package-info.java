/** The model's parts as ONNX graphs: pure functions of configuration and weight names, one function per block. */
package io.github.qwen3tts.internal.model.graph;
