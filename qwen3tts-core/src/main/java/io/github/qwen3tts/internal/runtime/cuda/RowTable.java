package io.github.qwen3tts.internal.runtime.cuda;

/**
 * Which slot and position each row of a launch belongs to; read by the kernels, so a captured launch serves any.
 *
 * @param slots     address of {@code [rows]} ints; negative for a row that is not in use
 * @param positions address of {@code [rows]} ints
 */
public record RowTable(long slots, long positions) {}
