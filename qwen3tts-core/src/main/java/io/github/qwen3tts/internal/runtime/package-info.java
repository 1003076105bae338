/** Sessions, tensors and threads: the only place that speaks to ONNX Runtime. */
package io.github.qwen3tts.internal.runtime;
