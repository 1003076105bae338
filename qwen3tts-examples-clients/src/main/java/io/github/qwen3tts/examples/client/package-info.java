/** Clients of the server, and the engine behind the interfaces of other libraries: small classes to copy from. */
package io.github.qwen3tts.examples.client;
