package io.github.qwen3tts.internal.onnx;

import io.github.qwen3tts.internal.onnx.ProtoWriter.Message;
import java.util.List;

/** The messages of {@code onnx.proto} that graphs are written in, each with the fields used here and their numbers. */
final class OnnxProto {

    private OnnxProto() {}

    /** A file: one graph, and the versions of the operators in it. */
    record ModelProto(long irVersion, String producerName, GraphProto graph, List<OperatorSetIdProto> opsetImport)
            implements Message {
        private static final int IR_VERSION = 1;
        private static final int PRODUCER_NAME = 2;
        static final int GRAPH = 7;
        private static final int OPSET_IMPORT = 8;

        @Override
        public void writeTo(ProtoWriter out) {
            out.integer(IR_VERSION, irVersion);
            out.string(PRODUCER_NAME, producerName);
            out.message(GRAPH, graph);
            out.messages(OPSET_IMPORT, opsetImport);
        }
    }

    /** Operators of one maker, as of one version. */
    record OperatorSetIdProto(String domain, long version) implements Message {
        private static final int DOMAIN = 1;
        private static final int VERSION = 2;

        @Override
        public void writeTo(ProtoWriter out) {
            out.string(DOMAIN, domain);
            out.integer(VERSION, version);
        }
    }

    /** Nodes in the order they run, and the tensors they start from. */
    record GraphProto(
            List<NodeProto> node,
            String name,
            List<TensorProto> initializer,
            List<ValueInfoProto> input,
            List<ValueInfoProto> output,
            List<ValueInfoProto> valueInfo)
            implements Message {
        private static final int NODE = 1;
        private static final int NAME = 2;
        static final int INITIALIZER = 5;
        private static final int INPUT = 11;
        private static final int OUTPUT = 12;
        private static final int VALUE_INFO = 13;

        @Override
        public void writeTo(ProtoWriter out) {
            out.messages(NODE, node);
            out.string(NAME, name);
            out.messages(INITIALIZER, initializer);
            out.messages(INPUT, input);
            out.messages(OUTPUT, output);
            out.messages(VALUE_INFO, valueInfo);
        }
    }

    /** An operator and its operands; an empty name stands for one that is left out. A null domain is not written. */
    record NodeProto(
            List<String> input,
            List<String> output,
            String name,
            String opType,
            List<AttributeProto> attribute,
            String domain)
            implements Message {
        private static final int INPUT = 1;
        private static final int OUTPUT = 2;
        private static final int NAME = 3;
        private static final int OP_TYPE = 4;
        private static final int ATTRIBUTE = 5;
        private static final int DOMAIN = 7;

        @Override
        public void writeTo(ProtoWriter out) {
            out.strings(INPUT, input);
            out.strings(OUTPUT, output);
            out.string(NAME, name);
            out.string(OP_TYPE, opType);
            out.messages(ATTRIBUTE, attribute);
            if (domain != null) {
                out.string(DOMAIN, domain);
            }
        }
    }

    /** A parameter of a node that is known while the graph is built; {@code value} writes the one field it is in. */
    record AttributeProto(String name, Message value, int type) implements Message {
        private static final int NAME = 1;
        private static final int F = 2;
        private static final int I = 3;
        private static final int S = 4;
        private static final int INTS = 8;
        private static final int TYPE = 20;

        /** Values of {@code AttributeType}. */
        private static final int TYPE_FLOAT = 1;

        private static final int TYPE_INT = 2;
        private static final int TYPE_STRING = 3;
        private static final int TYPE_INTS = 7;

        static AttributeProto of(String name, float f) {
            return new AttributeProto(name, out -> out.float32(F, f), TYPE_FLOAT);
        }

        static AttributeProto of(String name, long i) {
            return new AttributeProto(name, out -> out.integer(I, i), TYPE_INT);
        }

        static AttributeProto of(String name, String s) {
            return new AttributeProto(name, out -> out.string(S, s), TYPE_STRING);
        }

        static AttributeProto of(String name, long[] ints) {
            return new AttributeProto(name, out -> out.integers(INTS, ints), TYPE_INTS);
        }

        @Override
        public void writeTo(ProtoWriter out) {
            out.string(NAME, name);
            value.writeTo(out);
            out.integer(TYPE, type);
        }
    }

    /** A tensor that is known while the graph is built; {@code data} writes the fields of its elements. */
    record TensorProto(long[] dims, ElementType dataType, String name, Message data) implements Message {
        private static final int DIMS = 1;
        private static final int DATA_TYPE = 2;
        private static final int NAME = 8;
        private static final int RAW_DATA = 9;
        static final int EXTERNAL_DATA = 13;
        private static final int DATA_LOCATION = 14;

        /** Value of {@code DataLocation}. */
        private static final int LOCATION_EXTERNAL = 1;

        /** With the elements, row-major and little-endian. */
        static TensorProto inline(long[] dims, ElementType dataType, String name, byte[] rawData) {
            return new TensorProto(dims, dataType, name, out -> out.bytes(RAW_DATA, rawData));
        }

        /** With their place: bytes of a file beside the graph. */
        static TensorProto external(
                long[] dims, ElementType dataType, String name, String location, long offset, long length) {
            List<StringStringEntryProto> place = List.of(
                    new StringStringEntryProto("location", location),
                    new StringStringEntryProto("offset", Long.toString(offset)),
                    new StringStringEntryProto("length", Long.toString(length)));
            return new TensorProto(dims, dataType, name, out -> {
                out.messages(EXTERNAL_DATA, place);
                out.integer(DATA_LOCATION, LOCATION_EXTERNAL);
            });
        }

        @Override
        public void writeTo(ProtoWriter out) {
            out.integers(DIMS, dims);
            out.integer(DATA_TYPE, dataType.code());
            out.string(NAME, name);
            data.writeTo(out);
        }
    }

    /** A text under a name. */
    record StringStringEntryProto(String key, String value) implements Message {
        static final int KEY = 1;
        static final int VALUE = 2;

        @Override
        public void writeTo(ProtoWriter out) {
            out.string(KEY, key);
            out.string(VALUE, value);
        }
    }

    /** Name and type of an input, an output or a result between nodes. */
    record ValueInfoProto(String name, TypeProto type) implements Message {
        private static final int NAME = 1;
        private static final int TYPE = 2;

        @Override
        public void writeTo(ProtoWriter out) {
            out.string(NAME, name);
            out.message(TYPE, type);
        }
    }

    /** What a value is: here always a tensor. */
    record TypeProto(Tensor tensorType) implements Message {
        private static final int TENSOR_TYPE = 1;

        @Override
        public void writeTo(ProtoWriter out) {
            out.message(TENSOR_TYPE, tensorType);
        }

        /** Elements and dimensions. */
        record Tensor(ElementType elemType, TensorShapeProto shape) implements Message {
            private static final int ELEM_TYPE = 1;
            private static final int SHAPE = 2;

            @Override
            public void writeTo(ProtoWriter out) {
                out.integer(ELEM_TYPE, elemType.code());
                out.message(SHAPE, shape);
            }
        }
    }

    /** Dimensions, outermost first. */
    record TensorShapeProto(List<Dimension> dim) implements Message {
        private static final int DIM = 1;

        @Override
        public void writeTo(ProtoWriter out) {
            out.messages(DIM, dim);
        }

        /** A number, or the name of one that is known at run time, as {@link Shape#dims} has them. */
        record Dimension(Object numberOrName) implements Message {
            private static final int DIM_VALUE = 1;
            private static final int DIM_PARAM = 2;

            @Override
            public void writeTo(ProtoWriter out) {
                if (numberOrName instanceof Long number) {
                    out.integer(DIM_VALUE, number);
                } else {
                    out.string(DIM_PARAM, (String) numberOrName);
                }
            }
        }
    }
}
