package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelfDistillationTest {
    private static final Rows PROMPTS = new Rows(
            "prompts.jsonl",
            Stream.of("Stir the tea", "What is it?", "Go on", "And so")
                    .map(prompt -> new Row(prompt, prompt, "", null))
                    .toList(),
            "");

    @Test
    void refusalsAndWhatIsNoAnswerAreLeftOut() {
        SelfDistillation answered =
                SelfDistillation.of(PROMPTS, List.of("It is stirred.", "I'm sorry, I can't.", " ", "这是一个秘密"));
        assertThat(answered.rows()).extracting(Row::output).containsExactly("It is stirred.", "这是一个秘密");
        assertThat(answered.rows()).extracting(Row::input).containsExactly("Stir the tea", "And so");
        assertThat(answered.refusals()).isEqualTo(1);
        assertThat(answered.meaningless()).isEqualTo(1);
        assertThatThrownBy(() -> SelfDistillation.of(PROMPTS, List.of("Sorry, no.", "6 6 6 6 6 6", "", "Sorry, no.")))
                .hasMessage(
                        "prompts.jsonl: answers: found 2 refusals of the model, and 2 answers that say nothing, expected"
                                + " a normal answer to at least one prompt; or answers: given, and answers");
    }

    @Test
    void theModelIsAskedGreedilyAsItsPromptsArePut() {
        Path folder = Fixtures.path("olmo-tiny");
        try (BaseModel base = BaseModel.load(folder, Dtype.F32, Device.CPU);
                TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            Row asked = new Row("Stir the tea", "Question: stir the tea", "", null);
            Rows one = new Rows("one", PROMPTS.rows().subList(0, 1), "");
            int[] said = new Generator(new LanguageModel(base), tokenizer.stopIds())
                    .greedy(List.of(tokenizer.encode(asked.input(), true)), 256, 1)
                    .getFirst();
            assertThat(SelfDistillation.of(base, tokenizer, one, new Rows("asked", List.of(asked), ""))
                            .rows())
                    .containsExactly(one.rows().getFirst().withOutput(tokenizer.decode(said, true)));
        }
    }
}
