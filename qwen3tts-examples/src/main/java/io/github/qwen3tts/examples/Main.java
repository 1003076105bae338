package io.github.qwen3tts.examples;

/** Runs one example program by name. */
public final class Main {

    private Main() {}

    /**
     * The entry point.
     *
     * @param args the program's name and its arguments
     */
    public static void main(String[] args) {
        System.out.println("usage: speak");
    }
}
