package io.github.qwen3tts.internal.engine;

import io.github.qwen3tts.internal.runtime.Uninterruptibly;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs one task after the other on a thread of its own. */
final class TaskThread implements Executor, AutoCloseable {

    private static final Runnable END = () -> {};

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;

    TaskThread(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (Runnable task = tasks.take(); task != END; task = tasks.take()) {
                task.run();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Waits for the tasks it has, and for the thread's end. */
    @Override
    public void close() {
        tasks.add(END);
        Uninterruptibly.join(thread);
    }
}
