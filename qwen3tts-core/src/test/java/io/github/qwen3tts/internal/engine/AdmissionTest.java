package io.github.qwen3tts.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Times are given, in seconds. */
class AdmissionTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Admission admission = new Admission(2, 3);

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private void began(String stream, double seconds) {
        admission.began(stream, nanos(seconds));
    }

    private void ended(String stream, double seconds) {
        admission.ended(stream, nanos(seconds));
    }

    private Duration retryAfter(double seconds) {
        return admission.retryAfter(nanos(seconds));
    }

    @Test
    void placesAreThoseThatSpeakAndThoseThatWaitTogether() {
        assertFalse(admission.isFull(4));
        assertTrue(admission.isFull(5), "nobody has begun yet");
        began("a", 0);
        began("b", 0);
        assertFalse(admission.isFull(2));
        assertTrue(admission.isFull(3));
        ended("a", 1);
        assertFalse(admission.isFull(3));
    }

    @Test
    void hugeLimitsAreNeverFull() {
        assertFalse(new Admission(Integer.MAX_VALUE, Integer.MAX_VALUE).isFull(Integer.MAX_VALUE));
    }

    @Test
    void anIdleEngineIsAskedAgainInASecond() {
        assertEquals(SECOND, retryAfter(0));
    }

    @Test
    void theNextEndIsExpectedAfterWhatStreamsHaveTaken() {
        began("a", 0);
        ended("a", 30);
        began("b", 30);
        began("c", 34);
        assertEquals(Duration.ofSeconds(25), retryAfter(35), "b has 25 of 30 left");
        assertEquals(Duration.ofSeconds(5), retryAfter(55));
        assertEquals(SECOND, retryAfter(59.5));
    }

    @Test
    void withoutAnEndSoFarStreamsAreTakenToBeHalfwayThrough() {
        began("a", 0);
        assertEquals(Duration.ofSeconds(8), retryAfter(8));
        began("b", 8);
        assertEquals(Duration.ofSeconds(4), retryAfter(12), "16 are expected of both, a has had 12");
    }

    @Test
    void aStreamThatOutlivesTheOthersIsExpectedToTakeAsMuchAgain() {
        began("a", 0);
        ended("a", 2);
        began("long", 2);
        assertEquals(Duration.ofSeconds(18), retryAfter(22));
    }

    @Test
    void lateStreamsCountMoreThanEarlyOnes() {
        for (int i = 0; i < 20; i++) {
            began("short", i);
            ended("short", i + 1);
        }
        for (int i = 0; i < 20; i++) {
            began("long", 100 * i);
            ended("long", 100 * i + 100);
        }
        began("now", 5000);
        assertTrue(retryAfter(5000).compareTo(Duration.ofSeconds(95)) > 0, "" + retryAfter(5000));
    }

    @Test
    void aStreamThatEndsTwiceCountsOnce() {
        began("a", 0);
        ended("a", 10);
        ended("a", 1000);
        began("b", 2000);
        assertEquals(Duration.ofSeconds(10), retryAfter(2000));
    }
}
