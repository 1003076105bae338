/** Text, voice and language laid out as the talker reads them: plain ids and positions, no vectors. */
package io.github.qwen3tts.internal.prompt;
