/**
 * The model on a CUDA GPU: the same steps as on ONNX Runtime, as sequences of kernel launches. A network class says
 * what lies on the device and in which order kernels run; the language model and the codec decoder over it keep slots
 * and move bytes.
 */
package io.github.qwen3tts.internal.model.cuda;
