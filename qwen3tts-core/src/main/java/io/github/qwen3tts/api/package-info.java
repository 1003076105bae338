/** What callers pass in and get back: values only. */
package io.github.qwen3tts.api;
