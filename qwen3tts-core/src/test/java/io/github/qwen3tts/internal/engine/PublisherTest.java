package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qwen3tts.api.AudioChunk;
import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.FinishReason;
import io.github.qwen3tts.api.SpeechCancelledException;
import io.github.qwen3tts.api.SpeechStream;
import io.github.qwen3tts.internal.engine.FakeLanguageModel.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reactive side of a stream: demand, cancellation, one terminal signal. */
@Timeout(60)
class PublisherTest {

    @Test
    void chunksComeInOrderAndThenTheEnd() throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            Signals signals = new Signals();
            fakes.speak(3, 1).publisher().subscribe(signals);
            signals.subscription().request(Long.MAX_VALUE);
            assertEquals(List.of("0", "1", "2", "complete"), signals.take(4));
            signals.assertSilent();
        }
    }

    @Test
    void noMoreChunksComeThanAreRequested() throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            Signals signals = new Signals();
            SpeechStream stream = fakes.speak(5, 1);
            stream.publisher().subscribe(signals);
            Flow.Subscription subscription = signals.subscription();
            subscription.request(1);
            subscription.request(1);
            assertEquals(List.of("0", "1"), signals.take(2));
            signals.assertSilent();
            subscription.request(2);
            assertEquals(List.of("2", "3"), signals.take(2));
            signals.assertSilent();
            subscription.request(Long.MAX_VALUE);
            subscription.request(Long.MAX_VALUE);
            assertEquals(List.of("4", "complete"), signals.take(2));
        }
    }

    @Test
    void endNeedsNoDemand() throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            Signals exact = new Signals();
            fakes.speak(2, 1).publisher().subscribe(exact);
            exact.subscription().request(2);
            assertEquals(List.of("0", "1", "complete"), exact.take(3));

            Signals none = new Signals();
            fakes.speak(0, 1).publisher().subscribe(none);
            none.subscription();
            assertEquals(List.of("complete"), none.take(1));

            fakes.model.fail(Call.STEP, 13, new IllegalStateException("the model broke"));
            Signals failed = new Signals();
            fakes.speak(2, 13).publisher().subscribe(failed);
            failed.subscription();
            assertEquals(List.of("error"), failed.take(1));
        }
    }

    @Test
    void failureIsTheLastSignal() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            Signals signals = new Signals();
            fakes.speak(5, 13).publisher().subscribe(signals);
            signals.subscription().request(100);
            fakes.model.steps.release();
            assertEquals(List.of("0"), signals.take(1));
            IllegalStateException failure = new IllegalStateException("the model broke");
            fakes.model.fail(Call.STEP, 13, failure);
            fakes.model.steps.release();
            assertEquals(List.of("error"), signals.take(1));
            assertInstanceOf(DeviceException.class, signals.error);
            assertSame(failure, signals.error.getCause());
            signals.assertSilent();
        }
    }

    @Test
    void cancellingClosesTheStreamAndSignalsNothingMore() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            Signals signals = new Signals();
            SpeechStream stream = fakes.speak(1_000, 1);
            stream.publisher().subscribe(signals);
            Flow.Subscription subscription = signals.subscription();
            subscription.request(100);
            fakes.model.steps.release();
            assertEquals(List.of("0"), signals.take(1));
            subscription.cancel();
            fakes.model.steps.release(100);
            fakes.model.streams().get(0).awaitClosed();
            subscription.request(5);
            subscription.cancel();
            signals.assertSilent();
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
        }
    }

    /** A stream closed behind the subscriber's back is cut off, which is no normal end. */
    @Test
    void closingTheStreamIsAnErrorToItsSubscriber() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            Signals signals = new Signals();
            SpeechStream stream = fakes.speak(10, 1);
            stream.publisher().subscribe(signals);
            signals.subscription().request(100);
            stream.close();
            assertEquals(List.of("error"), signals.take(1));
            assertInstanceOf(SpeechCancelledException.class, signals.error);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void requestOfNothingIsAnError(long count) throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            Signals signals = new Signals();
            SpeechStream stream = fakes.speak(1_000, 1);
            stream.publisher().subscribe(signals);
            signals.subscription().request(count);
            assertEquals(List.of("error"), signals.take(1));
            assertInstanceOf(IllegalArgumentException.class, signals.error);
            assertTrue(signals.error.getMessage().contains("count=" + count), signals.error.getMessage());
            signals.assertSilent();
            fakes.engine.close();
            assertEquals(fakes.codec.opened.get(), fakes.codec.closed.get());
        }
    }

    @Test
    void secondSubscriberIsRefusedByASignal() throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            SpeechStream stream = fakes.speak(2, 1);
            Signals first = new Signals();
            Signals second = new Signals();
            stream.publisher().subscribe(first);
            stream.publisher().subscribe(second);
            second.subscription();
            assertEquals(List.of("error"), second.take(1));
            assertInstanceOf(IllegalStateException.class, second.error);
            first.subscription().request(10);
            assertEquals(List.of("0", "1", "complete"), first.take(3));
            assertThrows(IllegalStateException.class, stream::iterator);
        }
    }

    @Test
    void noSubscriberIsRefusedAndLeavesTheStreamUnread() {
        try (Fakes fakes = new Fakes()) {
            SpeechStream stream = fakes.speak(2, 1);
            assertThrows(NullPointerException.class, () -> stream.publisher().subscribe(null));
            assertEquals(2, Fakes.chunks(stream).size());
        }
    }

    @Test
    void subscriberThatThrowsHasCancelled() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1).stopped(), 8, 1e6)) {
            SpeechStream stream = fakes.speak(1_000, 1);
            Signals signals = new Signals() {
                @Override
                public void onNext(AudioChunk chunk) {
                    super.onNext(chunk);
                    throw new UnsupportedOperationException("no more of this");
                }
            };
            stream.publisher().subscribe(signals);
            signals.subscription().request(100);
            fakes.model.steps.release();
            assertEquals(List.of("0", "error"), signals.take(2));
            assertInstanceOf(UnsupportedOperationException.class, signals.error);
            fakes.model.steps.release(100);
            fakes.model.streams().get(0).awaitClosed();
            assertEquals(FinishReason.CANCELLED, stream.stats().reason());
            signals.assertSilent();
        }
    }

    @Test
    void subscriberThatThrowsAtTheEndGetsNoSecondEnd() throws InterruptedException {
        try (Fakes fakes = new Fakes()) {
            Signals signals = new Signals() {
                @Override
                public void onComplete() {
                    super.onComplete();
                    throw new UnsupportedOperationException("no end");
                }
            };
            fakes.speak(1, 1).publisher().subscribe(signals);
            signals.subscription().request(1);
            assertEquals(List.of("0", "complete"), signals.take(2));
            signals.assertSilent();
        }
    }

    @Test
    void slowSubscriberHoldsNobodyElseUp() throws InterruptedException {
        try (Fakes fakes = new Fakes(new FakeLanguageModel(1), 8, Fakes.FRAME_SECONDS)) {
            Signals idle = new Signals();
            fakes.speak(100, 1).publisher().subscribe(idle);
            Flow.Subscription subscription = idle.subscription();
            assertEquals(50, Fakes.chunks(fakes.speak(50, 2)).size());
            subscription.request(Long.MAX_VALUE);
            assertEquals("complete", idle.take(101).get(100));
        }
    }

    /** Writes down what it is told. */
    private static class Signals implements Flow.Subscriber<AudioChunk> {

        private final BlockingQueue<Flow.Subscription> subscriptions = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> signals = new LinkedBlockingQueue<>();
        volatile Throwable error;
        private volatile Thread thread;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            thread = Thread.currentThread();
            subscriptions.add(subscription);
        }

        @Override
        public void onNext(AudioChunk chunk) {
            signals.add(Integer.toString(chunk.firstFrame()));
        }

        @Override
        public void onError(Throwable e) {
            error = e;
            signals.add("error");
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }

        Flow.Subscription subscription() throws InterruptedException {
            Flow.Subscription subscription = subscriptions.poll(30, TimeUnit.SECONDS);
            if (subscription == null) {
                throw new AssertionError("never subscribed");
            }
            return subscription;
        }

        List<String> take(int count) throws InterruptedException {
            List<String> taken = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String signal = signals.poll(30, TimeUnit.SECONDS);
                if (signal == null) {
                    throw new AssertionError("only " + taken + " of " + count + " signals came");
                }
                taken.add(signal);
            }
            return taken;
        }

        /** Nothing more comes: the thread of the subscription has ended, or waits. */
        void assertSilent() throws InterruptedException {
            while (thread.isAlive() && thread != Thread.currentThread() && thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertEquals(null, signals.peek());
        }
    }
}
