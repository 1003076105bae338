/** Embeddable HTTP server: OpenAI's speech API, a WebSocket and a web page to try voices. */
package io.github.qwen3tts.server;
