package io.github.qwen3tts.audio.internal.ffmpeg;

import static io.github.qwen3tts.audio.internal.ffmpeg.Libav.check;
import static io.github.qwen3tts.audio.internal.ffmpeg.Libav.notNull;
import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_flush;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import io.github.qwen3tts.audio.AudioSink;
import io.github.qwen3tts.audio.internal.Pcm16;
import io.github.qwen3tts.audio.internal.dsp.Resampler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.FloatPointer;

/** Encodes mono audio and writes each packet as soon as it is complete. */
final class Encoder implements AudioSink {

    private final OutputStream out;
    private final NativeIo io;
    private final Resampler resampler;
    private AVFormatContext output;
    private AVStream stream;
    private AVCodecContext codec;
    private AVPacket packet;
    private AVFrame frame;

    private float[] pending; // [samples per packet], the first pendingCount of them filled
    private int pendingCount;
    private byte[] shorts; // the same as 16-bit PCM, for an encoder that takes that
    private long sent;
    private boolean closed;

    private Encoder(OutputStream out, NativeIo io, Resampler resampler) {
        this.out = out;
        this.io = io;
        this.resampler = resampler;
    }

    static Encoder open(EncoderSettings settings, int sampleRateHz, OutputStream out) throws IOException {
        Objects.requireNonNull(out, "out");
        Encoder encoder = new Encoder(out, NativeIo.writing(out), new Resampler(sampleRateHz, settings.sampleRateHz()));
        try {
            encoder.start(settings);
            return encoder;
        } catch (IOException | RuntimeException e) {
            encoder.free();
            throw e;
        }
    }

    private void start(EncoderSettings settings) throws IOException {
        AVFormatContext context = new AVFormatContext(null);
        check(
                avformat_alloc_output_context2(context, null, settings.muxer(), null),
                "write the container " + settings.muxer());
        output = context;
        output.pb(io.context());
        output.flags(output.flags() | AVFMT_FLAG_CUSTOM_IO);
        AVCodec encoder = notNull(
                avcodec_find_encoder_by_name(settings.encoder()),
                "encode with " + settings.encoder() + ", which this build of it lacks");
        codec = notNull(avcodec_alloc_context3(encoder), "allocate an encoder");
        codec.sample_rate(settings.sampleRateHz());
        codec.time_base().num(1).den(settings.sampleRateHz());
        codec.bit_rate(settings.bitsPerSecond());
        codec.sample_fmt(
                switch (settings.encoder()) {
                    case "flac" -> AV_SAMPLE_FMT_S16;
                    case "libopus" -> AV_SAMPLE_FMT_FLT;
                    default -> AV_SAMPLE_FMT_FLTP;
                });
        av_channel_layout_default(codec.ch_layout(), 1);
        if (settings.frameSamples() > 0) {
            codec.frame_size(settings.frameSamples());
        }
        if ((output.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
            codec.flags(codec.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        for (Map.Entry<String, String> option : settings.options().entrySet()) {
            int known = av_opt_set(codec, option.getKey(), option.getValue(), AV_OPT_SEARCH_CHILDREN);
            if (known < 0) {
                known = av_opt_set(output, option.getKey(), option.getValue(), AV_OPT_SEARCH_CHILDREN);
            }
            check(known, "set " + option);
        }
        check(avcodec_open2(codec, encoder, (AVDictionary) null), "open the encoder " + settings);
        stream = notNull(avformat_new_stream(output, null), "add a stream");
        check(avcodec_parameters_from_context(stream.codecpar(), codec), "copy stream parameters");
        stream.time_base(codec.time_base());
        packet = notNull(av_packet_alloc(), "allocate a packet");
        frame = notNull(av_frame_alloc(), "allocate a frame");
        frame.nb_samples(codec.frame_size());
        frame.format(codec.sample_fmt());
        frame.sample_rate(codec.sample_rate());
        av_channel_layout_default(frame.ch_layout(), 1);
        check(av_frame_get_buffer(frame, 0), "allocate a frame");
        pending = new float[codec.frame_size()];
        shorts = new byte[codec.frame_size() * Pcm16.BYTES];
        done(avformat_write_header(output, (AVDictionary) null), "write the head of the stream");
        flush();
    }

    @Override
    public void write(float[] samples, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, samples.length);
        if (closed) {
            throw new IOException("encoder is closed: samples=" + count);
        }
        encode(resampler.push(samples, from, count));
        done(av_write_frame(output, null), "flush the container");
        flush();
    }

    /** Ends the stream, whatever state it is in, and frees all native memory. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            encode(resampler.finish());
            if (pendingCount > 0) {
                sendPending();
            }
            send(null);
            done(av_write_trailer(output), "write the end of the stream");
            flush();
        } finally {
            free();
        }
    }

    private void encode(float[] samples) throws IOException {
        for (int i = 0; i < samples.length; ) {
            int count = Math.min(pending.length - pendingCount, samples.length - i);
            System.arraycopy(samples, i, pending, pendingCount, count);
            pendingCount += count;
            i += count;
            if (pendingCount == pending.length) {
                sendPending();
            }
        }
    }

    private void sendPending() throws IOException {
        check(av_frame_make_writable(frame), "allocate a frame");
        if (frame.format() == AV_SAMPLE_FMT_S16) {
            Pcm16.encode(pending, 0, pendingCount, shorts, 0);
            frame.data(0).put(shorts, 0, pendingCount * Pcm16.BYTES);
        } else {
            for (int i = 0; i < pendingCount; i++) {
                float clipped = Math.max(-1f, Math.min(1f, pending[i]));
                pending[i] = Float.isNaN(clipped) ? 0 : clipped;
            }
            new FloatPointer(frame.data(0)).put(pending, 0, pendingCount);
        }
        frame.nb_samples(pendingCount);
        frame.pts(sent);
        sent += pendingCount;
        pendingCount = 0;
        send(frame);
    }

    /** Encodes a frame, or with null what the encoder still holds, and writes what comes out. */
    private void send(AVFrame next) throws IOException {
        check(avcodec_send_frame(codec, next), "encode");
        int received = avcodec_receive_packet(codec, packet);
        while (received >= 0) {
            packet.stream_index(0);
            av_packet_rescale_ts(packet, codec.time_base(), stream.time_base());
            done(av_write_frame(output, packet), "write a packet");
            av_packet_unref(packet);
            received = avcodec_receive_packet(codec, packet);
        }
        if (received != AVERROR_EAGAIN() && received != AVERROR_EOF) {
            check(received, "encode");
        }
    }

    /** The caller's own exception, if its stream threw one, else FFmpeg's. */
    private void done(int result, String what) throws IOException {
        io.rethrow();
        check(result, what);
    }

    private void flush() throws IOException {
        avio_flush(io.context());
        io.rethrow();
        out.flush();
    }

    private void free() {
        if (frame != null) { // JavaCPP's free functions do not take null
            av_frame_free(frame);
        }
        if (packet != null) {
            av_packet_free(packet);
        }
        if (codec != null) {
            avcodec_free_context(codec);
        }
        if (output != null) {
            avformat_free_context(output);
        }
        io.close();
    }
}
