/** An application on the module path. */
module hello {
    requires io.github.qwen3tts;
}
