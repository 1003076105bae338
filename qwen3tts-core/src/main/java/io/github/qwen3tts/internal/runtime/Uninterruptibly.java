package io.github.qwen3tts.internal.runtime;

/** Waiting for what ends soon and must not be left behind. */
public final class Uninterruptibly {

    private Uninterruptibly() {}

    /**
     * Waits for a thread's end. A caller that is interrupted meanwhile waits all the same, and stays interrupted.
     *
     * @param thread another one
     */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
