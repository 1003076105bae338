package io.github.qwen3tts.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each refusal names the file and, where there is one, the tensor, with what was found. */
class SafetensorsHeaderTest {

    private static final int DATA_BYTES = 16;

    @TempDir
    private Path directory;

    @Test
    void fileShorterThanAHeaderLengthIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("short"), new byte[7]);
        assertRefused(file, "too short for a header length", "bytes=7");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1", "19", "100000001", "9223372036854775807", "-9223372036854775808"})
    void headerLengthOutsideTheFileIsRefused(long headerBytes) throws IOException {
        Path file = RawFile.write(directory.resolve("length"), headerBytes, "{}", DATA_BYTES);
        assertRefused(file, "header length out of range", "headerBytes=" + headerBytes, "fileBytes=26");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "[]~at=the header, expected=START_OBJECT, actual=START_ARRAY",
                "nul~header is not valid JSON",
                "{\"t\":{\"dtype\":\"U8\"~header is not valid JSON",
                "{\"t\":[]}~at=t, expected=START_OBJECT, actual=START_ARRAY",
                "{\"t\":{}}~tensor needs dtype, shape and two data_offsets: tensor=t, dtype=null, shape=null",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1]}}~tensor=t, dtype=U8, shape=[1], data_offsets=null",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}~tensor=t, dtype=U8, shape=[1], data_offsets=[0]",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}~data_offsets=[0, 1, 2]",
                "{\"t\":{\"dtype\":\"F7\",\"shape\":[1],\"data_offsets\":[0,1]}}~unknown dtype: tensor=t, dtype=F7",
                "{\"t\":{\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,1]}}~unknown dtype: tensor=t, dtype=3",
                "{\"t\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,1]}}~unknown dtype: tensor=t, dtype=null",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}~at=t.shape, expected=START_ARRAY, actual=VALUE_NUMBER_INT",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,1]}}~at=t.shape, expected=VALUE_NUMBER_INT, actual=VALUE_NUMBER_FLOAT",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[\"1\"],\"data_offsets\":[0,1]}}~at=t.shape, expected=VALUE_NUMBER_INT, actual=VALUE_STRING",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}~bad shape: tensor=t, value=-1",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[-1,0]}}~bad data_offsets: tensor=t, value=-1",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,1]}}~header is not valid JSON",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}~bad shape: tensor=t",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}~tensor=t, data_offsets=[1, 0], dataBytes=16",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[17],\"data_offsets\":[0,17]}}~(truncated?): tensor=t, data_offsets=[0, 17], dataBytes=16",
                "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}~tensor=t, dtype=F32, shape=[2], bytes=4",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,0]}}~tensor=t, dtype=U8, shape=[], bytes=0",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}~tensor size does not fit its shape: tensor=t",
                "{\"t\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"t\":{}}~Duplicate",
                "{\"t\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}~Duplicate",
                "{\"__metadata__\":{\"format\":1}}~at=__metadata__.format, expected=VALUE_STRING, actual=VALUE_NUMBER_INT",
                "{\"__metadata__\":\"pt\"}~at=__metadata__, expected=START_OBJECT, actual=VALUE_STRING",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[3,5]}}~tensors overlap: tensor=b",
            })
    void brokenHeaderIsRefused(String header, String what) throws IOException {
        assertRefused(RawFile.write(directory.resolve("broken"), header, DATA_BYTES), what);
    }

    @Test
    void fieldsThatNobodyKnowsAreSkipped() throws IOException {
        String header = "{\"t\":{\"extra\":{\"deep\":[1,{}]},\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[3,5]}}";
        TensorInfo tensor = Safetensors.open(RawFile.write(directory.resolve("extra"), header, DATA_BYTES))
                .get("t");
        assertEquals(2, tensor.bytes());
        assertEquals(8 + header.length() + 3, tensor.offset());
    }

    @Test
    void headersNestedForEverAreRefusedWithoutOverflow() throws IOException {
        String header = "{\"t\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
        assertRefused(RawFile.write(directory.resolve("deep"), header, 0), "header is not valid JSON");
    }

    @Test
    void gapsBetweenTensorsAreHarmless() throws IOException {
        String header =
                "{" + RawFile.entry("b", "U8", "[2]", 10, 12) + "," + RawFile.entry("a", "U8", "[2]", 1, 3) + "}";
        Safetensors read = Safetensors.open(RawFile.write(directory.resolve("gaps"), header, DATA_BYTES));
        assertEquals(10, SafetensorsTest.bytes(read.get("b"))[0]);
        assertEquals(1, SafetensorsTest.bytes(read.get("a"))[0]);
    }

    private static void assertRefused(Path file, String... parts) {
        String message = assertThrows(InvalidSafetensorsException.class, () -> Safetensors.open(file))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
