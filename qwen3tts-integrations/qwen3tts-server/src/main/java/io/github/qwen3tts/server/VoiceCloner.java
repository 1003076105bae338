package io.github.qwen3tts.server;

import io.github.qwen3tts.TtsEngine;
import io.github.qwen3tts.api.ClonedVoice;
import io.github.qwen3tts.api.Language;
import io.github.qwen3tts.api.Voice;
import io.github.qwen3tts.audio.AudioReader;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Clones voices from the clips of requests, and caches the last few. Thread-safe. */
final class VoiceCloner {

    private static final int CACHE_SIZE = 32;

    private final TtsEngine engine;
    private final RemoteAudio remote;
    private final Map<String, ClonedVoice> cache = new LinkedHashMap<>(CACHE_SIZE, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ClonedVoice> eldest) {
            return size() > CACHE_SIZE;
        }
    }; // guarded by itself

    VoiceCloner(TtsEngine engine, RemoteAudio remote) {
        this.engine = engine;
        this.remote = remote;
    }

    /** Returns the voice of a request's clip, cached or cloned. */
    ClonedVoice voice(SpeechParameters.Reference reference) {
        byte[] file =
                RemoteAudio.isAddress(reference.audio()) ? remote.fetch(reference.audio()) : decode(reference.audio());
        String transcript = reference.soundOnly() ? "" : reference.text();
        String key = key(file, transcript);
        synchronized (cache) {
            ClonedVoice known = cache.get(key);
            if (known != null) {
                return known;
            }
        }
        ClonedVoice voice = clone("ref_audio", file, transcript, Language.AUTO, "");
        synchronized (cache) {
            cache.put(key, voice);
        }
        return voice;
    }

    /**
     * Clones a voice.
     *
     * @param param      of the request, for messages
     * @param file       audio of any format
     * @param transcript what is said; empty to go by the sound alone
     * @param language   of the clip
     * @param consent    of the voice's owner
     */
    ClonedVoice clone(String param, byte[] file, String transcript, Language language, String consent) {
        Pcm audio;
        try {
            audio = AudioReader.read(file);
        } catch (IOException e) {
            throw ApiException.invalid(param, param + " cannot be read: " + e.getMessage());
        }
        Voice.Clip clip = Voice.fromClip(audio)
                .withTranscript(transcript)
                .withLanguage(language)
                .withConsent(consent);
        return engine.prepare(clip);
    }

    /** Base64, bare or in a data URL. */
    private static byte[] decode(String text) {
        String base64 = text.strip();
        if (base64.startsWith("data:")) {
            int comma = base64.indexOf(',');
            if (comma < 0 || !base64.substring(0, comma).endsWith(";base64")) {
                throw ApiException.invalid("ref_audio", "ref_audio must be a data URL in base64");
            }
            base64 = base64.substring(comma + 1);
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("ref_audio", "ref_audio must be audio in base64, bare or as a data URL");
        }
    }

    private static String key(byte[] file, String transcript) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(transcript.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(file));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
