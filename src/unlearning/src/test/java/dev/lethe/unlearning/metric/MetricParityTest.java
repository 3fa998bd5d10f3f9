package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Numbers of the Python packages on the same texts; {@code parity/README.md} says which and how they were made. */
class MetricParityTest {

    @Test
    void stemsAreThoseOfNltk() throws IOException {
        JsonNode stems = parity("rouge/stems.json");
        assertThat(stems).hasSizeGreaterThan(3000);
        stems.properties().forEach(word -> assertThat(PorterStemmer.stem(word.getKey()))
                .as(word.getKey())
                .isEqualTo(word.getValue().textValue()));
    }

    @Test
    void rougeIsThatOfRougeScore() throws IOException {
        JsonNode pairs = parity("rouge/rouge.json");
        assertThat(pairs).hasSize(100);
        for (JsonNode pair : pairs) {
            String reference = pair.get("reference").textValue();
            String generation = pair.get("generation").textValue();
            RougeScore score = RougeL.score(RougeTokenizer.PUBLISHED, reference, generation);
            assertThat(score.precision()).as(generation).isEqualTo(pair.get("p").doubleValue());
            assertThat(score.recall()).as(generation).isEqualTo(pair.get("r").doubleValue());
            assertThat(score.f()).as(generation).isCloseTo(pair.get("f").doubleValue(), within(1e-15));
        }
    }

    @Test
    void membershipAucIsThatOfScikitLearn() throws IOException {
        for (JsonNode sample : parity("semeval/mia.json")) {
            double auc = MiaScore.auc(numbers(sample.get("member")), numbers(sample.get("nonmember")));
            assertThat(auc)
                    .as(sample.get("name").textValue())
                    .isCloseTo(sample.get("auc").doubleValue(), within(1e-12));
            assertThat(MiaScore.of(auc)).isCloseTo(sample.get("miaScore").doubleValue(), within(1e-12));
        }
    }

    private static double[] numbers(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    }

    private static JsonNode parity(String name) throws IOException {
        try (InputStream stream = MetricParityTest.class.getResourceAsStream("/parity/" + name)) {
            return new ObjectMapper().readTree(stream);
        }
    }
}
