package io.github.qwen3tts.audio.internal.ffmpeg;

import static io.github.qwen3tts.audio.internal.ffmpeg.Libav.check;
import static io.github.qwen3tts.audio.internal.ffmpeg.Libav.notNull;
import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_get_bytes_per_sample;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import io.github.qwen3tts.audio.AudioFormatException;
import io.github.qwen3tts.audio.Pcm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Decodes the best audio stream of one file to its end. */
final class Decoder implements AutoCloseable {

    /** Containers of audio; no playlist among them, which could name other files or addresses. */
    private static final String CONTAINERS = "mp3,flac,ogg,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,"
            + "wav,w64,aiff,caf,au,amr,asf,ac3,eac3,wv,ape,tta";
    /** Decoders of audio only: a cover picture stays closed. */
    private static final String CODECS = "mp3float,mp3,mp2,mp2float,flac,vorbis,opus,libopus,speex,libspeex,aac,alac,"
            + "amrnb,amrwb,wmav1,wmav2,ac3,eac3,wavpack,ape,tta,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,"
            + "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"
            + "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw";

    private static final int FIRST_SAMPLES = 1 << 16;
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final NativeIo io;
    private final String source;
    private final long maxSamples;
    private final AVPacket packet;
    private final AVFrame frame;
    private AVFormatContext input;
    private AVCodecContext codec;

    private float[] samples = new float[FIRST_SAMPLES];
    private int count;
    private int channels;
    private int sampleRateHz;
    private int damagedPackets;
    private int soundPackets;

    private Decoder(NativeIo io, String source, long maxSamples) {
        this.io = io;
        this.source = source;
        this.maxSamples = Math.min(maxSamples, MAX_ARRAY);
        this.packet = av_packet_alloc();
        this.frame = av_frame_alloc();
    }

    static Pcm decode(ByteSource bytes, String source, long maxSamples) throws IOException {
        if (maxSamples < 1) {
            throw new IllegalArgumentException("maxSamples must be >= 1: maxSamples=" + maxSamples);
        }
        try (NativeIo io = NativeIo.reading(bytes);
                Decoder decoder = new Decoder(io, source, maxSamples)) {
            return decoder.decode();
        }
    }

    private Pcm decode() throws IOException {
        int stream = open();
        int read = av_read_frame(input, packet);
        while (read >= 0) {
            if (packet.stream_index() == stream) {
                decode(packet);
            }
            av_packet_unref(packet);
            read = av_read_frame(input, packet);
        }
        io.rethrow();
        decode(null);
        if (count == 0 || damagedPackets > soundPackets) {
            throw new AudioFormatException(
                    "audio is damaged",
                    source,
                    "packets that decode",
                    soundPackets + " good and " + damagedPackets + " damaged packets, " + count + " samples");
        }
        return new Pcm(Arrays.copyOf(samples, count), channels, sampleRateHz);
    }

    /** Opens container and codec; returns the number of the audio stream. */
    private int open() throws IOException {
        notNull(packet, "allocate a packet");
        notNull(frame, "allocate a frame");
        AVFormatContext context = notNull(avformat_alloc_context(), "allocate an input");
        context.pb(io.context());
        context.flags(context.flags() | AVFMT_FLAG_CUSTOM_IO);
        av_opt_set(context, "format_whitelist", CONTAINERS, 0);
        av_opt_set(context, "codec_whitelist", CODECS, 0);
        int opened = avformat_open_input(context, "", null, (AVDictionary) null); // frees the context if it fails
        input = opened < 0 ? null : context;
        io.rethrow();
        if (opened < 0) {
            throw new AudioFormatException("not an audio file", source, "a format of audio", Libav.message(opened));
        }
        int found = avformat_find_stream_info(input, (AVDictionary) null);
        io.rethrow();
        int stream = found < 0 ? found : av_find_best_stream(input, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
        if (stream < 0) {
            throw new AudioFormatException("file holds no audio", source, "an audio stream", Libav.message(stream));
        }
        AVCodecParameters parameters = input.streams(stream).codecpar();
        AVCodec decoder = avcodec_find_decoder(parameters.codec_id());
        codec = decoder == null ? null : notNull(avcodec_alloc_context3(decoder), "allocate a decoder");
        if (codec != null) {
            check(avcodec_parameters_to_context(codec, parameters), "copy stream parameters");
            av_opt_set(codec, "codec_whitelist", CODECS, 0);
            codec.pkt_timebase(input.streams(stream).time_base());
        }
        int started = codec == null ? AVERROR_INVALIDDATA : avcodec_open2(codec, decoder, (AVDictionary) null);
        if (started < 0) {
            String name = decoder == null
                    ? "codec " + parameters.codec_id()
                    : decoder.name().getString();
            throw new AudioFormatException(
                    "audio codec is not supported", source, CODECS, name + " (" + Libav.message(started) + ")");
        }
        return stream;
    }

    /** Decodes a packet, or with null what the decoder still holds. A damaged packet is counted and passed over. */
    private void decode(AVPacket next) throws IOException {
        int sent = avcodec_send_packet(codec, next);
        int received = sent < 0 ? sent : avcodec_receive_frame(codec, frame);
        while (received >= 0) {
            append();
            received = avcodec_receive_frame(codec, frame);
        }
        if (received == AVERROR_EAGAIN() || received == AVERROR_EOF) {
            soundPackets++;
        } else {
            damagedPackets++;
        }
    }

    private void append() throws IOException {
        int frameChannels = frame.ch_layout().nb_channels();
        if (channels == 0) {
            channels = frameChannels;
            sampleRateHz = frame.sample_rate();
        }
        if (frameChannels < 1 || frameChannels != channels || frame.sample_rate() != sampleRateHz || sampleRateHz < 1) {
            throw new AudioFormatException(
                    "audio changes its format midway",
                    source,
                    channels + " channels at " + sampleRateHz + " Hz",
                    frameChannels + " channels at " + frame.sample_rate() + " Hz");
        }
        long total = (long) count + (long) frame.nb_samples() * channels;
        if (total > maxSamples) {
            throw new AudioFormatException("audio is too long", source, "<= " + maxSamples + " samples", "more");
        }
        if (total > samples.length) {
            samples = Arrays.copyOf(samples, (int) Math.min(maxSamples, Math.max(total, 2L * samples.length)));
        }
        boolean planar = av_sample_fmt_is_planar(frame.format()) != 0;
        int planes = planar ? channels : 1;
        for (int plane = 0; plane < planes; plane++) {
            copy(plane, frame.nb_samples() * (channels / planes), planes);
        }
        count = (int) total;
    }

    /** Scales one plane of the frame to floats, every {@code step}-th sample of the output from {@code plane} on. */
    private void copy(int plane, int planeSamples, int step) throws IOException {
        long bytes = (long) planeSamples * av_get_bytes_per_sample(frame.format());
        ByteBuffer in =
                frame.extended_data(plane).capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
        int format = av_get_packed_sample_fmt(frame.format());
        int o = count + plane;
        for (int i = 0; i < planeSamples; i++, o += step) {
            float sample;
            if (format == AV_SAMPLE_FMT_FLT) {
                sample = in.getFloat();
            } else if (format == AV_SAMPLE_FMT_S16) {
                sample = in.getShort() * 0x1p-15f;
            } else if (format == AV_SAMPLE_FMT_S32) {
                sample = in.getInt() * 0x1p-31f;
            } else if (format == AV_SAMPLE_FMT_U8) {
                sample = ((in.get() & 0xff) - 0x80) * 0x1p-7f;
            } else if (format == AV_SAMPLE_FMT_DBL) {
                sample = (float) in.getDouble();
            } else {
                throw new AudioFormatException("sample format is not supported", source, "u8 to dbl", format);
            }
            if (!Float.isFinite(sample)) {
                throw new AudioFormatException("audio holds no finite numbers", source, "finite samples", sample);
            }
            samples[o] = sample;
        }
    }

    @Override
    public void close() {
        if (codec != null) { // JavaCPP's free functions do not take null
            avcodec_free_context(codec);
        }
        if (input != null) {
            avformat_close_input(input);
        }
        if (frame != null) {
            av_frame_free(frame);
        }
        if (packet != null) {
            av_packet_free(packet);
        }
    }
}
