/** The server program: OpenAI's speech API, a WebSocket and a page to try voices. */
package io.github.qwen3tts.server;
