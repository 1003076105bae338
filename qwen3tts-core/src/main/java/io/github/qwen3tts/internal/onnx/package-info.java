/** Builds ONNX graphs in Java: typed operators, shapes checked while building, weights referred to where they lie. */
package io.github.qwen3tts.internal.onnx;
