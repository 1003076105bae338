/** JSON files as trees, read without the start-up time of an object mapper. Knows no model. */
package io.github.qwen3tts.internal.json;
