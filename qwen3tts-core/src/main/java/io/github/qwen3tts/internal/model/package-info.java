/** Talker, code predictor and codec as runnable steps, each with the state of one stream. */
package io.github.qwen3tts.internal.model;
