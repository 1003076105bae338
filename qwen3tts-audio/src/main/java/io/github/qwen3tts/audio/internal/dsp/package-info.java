/** Signal processing: sample rates, spectra, tempo. Plain Java, no state shared between streams. */
package io.github.qwen3tts.audio.internal.dsp;
