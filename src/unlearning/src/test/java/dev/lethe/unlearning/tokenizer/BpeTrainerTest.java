package dev.lethe.unlearning.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
    private static final List<String> TEXTS = List.of("low low low lower lowest", "newer newest, widest 1976-03-29");

    @Test
    void mergesTheMostFrequentPairFirst() throws IOException {
        try (HuggingFaceTokenizer tokenizer = tokenizer(BpeTrainer.learn(TEXTS, 262))) {
            assertThat(tokenizer.encode("low newest").getTokens()).containsExactly("low", "Ġ", "n", "e", "w", "est");
        }
    }

    @Property(tries = 50)
    void anyTextSurvives(@ForAll String text) throws IOException {
        String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        try (HuggingFaceTokenizer tokenizer = tokenizer(BpeTrainer.learn(TEXTS, 270))) {
            assertThat(tokenizer.decode(tokenizer.encode(expected).getIds())).isEqualTo(expected);
        }
    }

    @Test
    void aVocabularyWithoutRoomForTheBytesIsRefused() {
        assertThatThrownBy(() -> BpeTrainer.learn(TEXTS, 256)).hasMessageContaining("expected at least 257");
    }

    private static HuggingFaceTokenizer tokenizer(String json) throws IOException {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                java.util.Map.of("truncation", "false"));
    }
}
