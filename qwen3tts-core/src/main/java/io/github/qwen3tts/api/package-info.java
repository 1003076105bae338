/** What callers pass in and get back: values only. */
@NullMarked
package io.github.qwen3tts.api;

import org.jspecify.annotations.NullMarked;
