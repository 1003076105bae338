/** HTTP/1.1 and WebSocket on Netty, as blocking calls: all that the server needs, and nothing about speech. */
package io.github.qwen3tts.server.internal.http;
