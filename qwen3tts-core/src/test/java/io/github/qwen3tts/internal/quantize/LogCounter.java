package io.github.qwen3tts.internal.quantize;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Counts what a class has logged until it is closed. */
final class LogCounter extends Handler {

    private final Logger logger;
    private final String start;
    private final AtomicInteger count = new AtomicInteger();

    LogCounter(Class<?> source, String start) {
        this.start = start;
        logger = Logger.getLogger(source.getName());
        logger.addHandler(this);
    }

    int count() {
        return count.get();
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getMessage().startsWith(start)) {
            count.incrementAndGet();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
