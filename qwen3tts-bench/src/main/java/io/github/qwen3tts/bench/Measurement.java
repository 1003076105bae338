package io.github.qwen3tts.bench;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One line of the results.
 *
 * @param time            it was measured, as in ISO 8601
 * @param model           name of the checkpoint's directory
 * @param precision       name of a preset
 * @param threads         that compute
 * @param spinning        whether idle ones wait actively
 * @param workload        what was spoken
 * @param firstLoadMillis of a process before, which found an empty cache of quantised weights and filled it
 * @param result          of the measured process; its load is the second one
 * @param efficiency      compared with the machine; null if the machine was not measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Measurement(
        String time,
        String model,
        String precision,
        int threads,
        boolean spinning,
        Workload workload,
        double firstLoadMillis,
        EngineRun.Result result,
        Efficiency efficiency) {}
