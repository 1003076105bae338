package io.github.qwen3tts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qwen3tts.api.DeviceException;
import io.github.qwen3tts.api.DeviceLostException;
import io.github.qwen3tts.api.EngineClosedException;
import io.github.qwen3tts.api.InvalidRequestException;
import io.github.qwen3tts.api.OverloadedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiExceptionTest {

    @Test
    void whatTheEngineRefusesHasAStatusThatClientsActOn() {
        assertEquals(
                400,
                ApiException.of(new InvalidRequestException("no such voice")).status());
        assertEquals(503, ApiException.of(new EngineClosedException("closed")).status());
        assertEquals(
                503,
                ApiException.of(new DeviceLostException("lost", new RuntimeException()))
                        .status());
        assertEquals(500, ApiException.of(new DeviceException("broken")).status());
    }

    @Test
    void anOverloadedEngineSaysWhenToTryAgain() {
        ApiException busy = ApiException.of(new OverloadedException("busy", Duration.ofSeconds(7)));
        assertEquals(429, busy.status());
        assertEquals("this server is busy: try again in 7 s", busy.getMessage());
    }
}
