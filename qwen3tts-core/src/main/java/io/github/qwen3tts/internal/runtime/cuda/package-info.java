/**
 * The CUDA engine's ground floor: whether a GPU can be used, kernels compiled for it, launches, device memory. Kernels
 * are CUDA C++ in the resource folder {@code kernels}, one file per family, with a launcher class of the same name here.
 * The only package that imports {@code org.bytedeco}; nothing of CUDA is loaded before {@link
 * io.github.qwen3tts.internal.runtime.cuda.Cuda} is asked for it.
 */
package io.github.qwen3tts.internal.runtime.cuda;
