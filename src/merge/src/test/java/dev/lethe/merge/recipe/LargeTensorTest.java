package dev.lethe.merge.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.engine.ProgressListener;
import dev.lethe.merge.engine.RunSettings;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import dev.lethe.merge.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** One tensor of 2.6 GB, from sparse files; writes 2.6 GB, so only with {@code -Dlethe.slow=true}. */
@EnabledIfSystemProperty(named = "lethe.slow", matches = "true")
class LargeTensorTest {
    private static final long ELEMENTS = 1_300_000_003L;

    @TempDir
    Path folder;

    @Test
    void mergesTensorsBeyondTwoGibibytes() throws IOException {
        model("a", (short) 0x3F80); // 1
        model("b", (short) 0x4040); // 3
        Path config = Files.writeString(
                folder.resolve("c.yml"),
                "merge_method: ties\nbase_model: a\nmodels: [{model: b, parameters: {density: 0.25}}]\n");
        Recipe recipe = MergekitConfig.read(config, Semantics.LETHE, Missing.ERROR, Recipe.DEFAULT_SHARD_BYTES, 0)
                .recipe();
        RunSettings settings = new RunSettings(2, 64_000_000, false, null, false);
        ModelMerge.merge(recipe, folder.resolve("out"), settings, ProgressListener.NONE);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("out/model.safetensors"))) {
            float[] block = new float[2];
            FloatBlocks.read(Dtype.BF16, file.data("w"), ELEMENTS - 2, block, 2);
            assertThat(block).containsExactly(0f, 3f);
        }
    }

    /** All zeros but the last element. */
    private void model(String name, short last) throws IOException {
        Path path = Files.createDirectories(folder.resolve(name)).resolve("model.safetensors");
        String header =
                "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(ELEMENTS, 2 * ELEMENTS);
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer end = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, last);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(start.putLong(text.length).put(text).flip(), 0);
            file.write(end, 8 + text.length + 2 * (ELEMENTS - 1));
        }
    }
}
