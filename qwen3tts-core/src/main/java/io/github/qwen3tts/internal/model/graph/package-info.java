/**
 * The model's parts as ONNX graphs: pure functions of configuration and weights, one function per block. Which matrices a
 * graph wants quantised is told here; their files are made elsewhere.
 */
package io.github.qwen3tts.internal.model.graph;
