package dev.lethe.merge.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterConfigTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatPeftWritesAndWhatItWrites() throws IOException {
        config(
                """
                {"alora_invocation_tokens": null, "alpha_pattern": {"q_proj": 16}, "auto_mapping": null,
                 "base_model_name_or_path": "base", "bias": "none", "fan_in_fan_out": false, "inference_mode": true,
                 "layer_replication": null, "lora_alpha": 32, "lora_bias": false, "lora_dropout": 0.05,
                 "megatron_core": "megatron.core", "modules_to_save": null, "peft_type": "LORA", "r": 8,
                 "rank_pattern": {"layers.0.q_proj": 4}, "target_modules": ["v_proj", "q_proj"],
                 "target_parameters": [], "task_type": "CAUSAL_LM", "use_dora": false, "use_rslora": true}
                """);
        AdapterConfig config = AdapterConfig.read(folder);
        assertThat(config)
                .isEqualTo(new AdapterConfig(
                        8,
                        32,
                        0.05,
                        new TreeSet<>(Set.of("q_proj", "v_proj")),
                        true,
                        Map.of("layers.0.q_proj", 4),
                        Map.of("q_proj", 16.0),
                        "none",
                        "base",
                        "CAUSAL_LM"));
        config.write(folder);
        assertThat(AdapterConfig.read(folder)).isEqualTo(config);
        assertThat(folder.resolve(AdapterConfig.FILE)).content().contains("\"lora_alpha\" : 32,");
    }

    @Test
    void keepsExpressionsDoraAndModulesThatWereTrainedWhole() throws IOException {
        config(
                """
                {"r": 1, "lora_alpha": 1, "target_modules": ".*\\\\.(q|v)_proj", "use_dora": true,
                 "modules_to_save": ["lm_head", "model.norm"]}
                """);
        AdapterConfig config = AdapterConfig.read(folder);
        assertThat(config.targetModules()).isEqualTo(new TargetModules.Expression(".*\\.(q|v)_proj"));
        assertThat(config.dora()).isTrue();
        assertThat(config.saves("model.lm_head")).isTrue();
        assertThat(config.saves("model.norm")).isTrue();
        assertThat(config.saves("model.layers.0.norm")).isFalse();
        config.write(folder);
        assertThat(AdapterConfig.read(folder)).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"r":0,"lora_alpha":1,"target_modules":["q"]}                       | r: found 0
            {"r":1.5,"lora_alpha":1,"target_modules":["q"]}                     | r: found 1.5
            {"lora_alpha":1,"target_modules":["q"]}                             | r: found nothing
            {"r":1,"lora_alpha":"1","target_modules":["q"]}                     | lora_alpha: found "1"
            {"r":1,"lora_alpha":1,"target_modules":7}                           | target_modules: found 7
            {"r":1,"lora_alpha":1,"target_modules":[1]}                         | target_modules: found [1]
            {"r":1,"lora_alpha":1,"target_modules":["q"],"lora_dropout":1}      | lora_dropout: found 1
            {"r":1,"lora_alpha":1,"target_modules":["q"],"use_dora":1}          | use_dora: found 1
            {"r":1,"lora_alpha":1,"target_modules":["q"],"lora_bias":true}      | lora_bias: found true
            {"r":1,"lora_alpha":1,"target_modules":["q"],"modules_to_save":"x"} | modules_to_save: found "x"
            {"r":1,"lora_alpha":1,"target_modules":["q"],"init_lora_weights":"pissa_niter_4"} | init_lora_weights: found pissa
            {"r":1,"lora_alpha":1,"target_modules":["q"],"rank_pattern":{"(":1}} | rank_pattern.(: found
            {"r":1,"lora_alpha":1,"target_modules":["q"],"rank_pattern":{"(?=q).":1}} | rank_pattern.(?=q).: found
            {"r":1,"lora_alpha":1,"target_modules":["q"],"alpha_pattern":{"q)(k":1}} | alpha_pattern.q)(k: found
            {"r":1,"lora_alpha":1,"target_modules":["q"],"alpha_pattern":{"((q{999}){999}){999}":1}} | found repetitions of repet
            {"r":1,"lora_alpha":1,"target_modules":["q"],"bias":"some"}         | bias: found some
            {"r":1,"lora_alpha":1,"target_modules":["q"],"peft_type":"IA3"}     | peft_type: found IA3
            {"r":1,"lora_alpha":1,"target_modules":["q"],"rank_pattern":{"q":0}} | rank_pattern.q: found 0
            {"r":1,"r":1}                                                       | Duplicate
            []                                                                  | JSON: found ARRAY
            """)
    void namesTheFieldThatIsWrong(String json, String said) throws IOException {
        config(json);
        assertThatThrownBy(() -> AdapterConfig.read(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(folder.resolve(AdapterConfig.FILE).toString())
                .hasMessageContaining(said);
    }

    /** PEFT's {@code get_pattern_key}; keys that take a backtracking matcher till the end of the world take no time. */
    @ParameterizedTest
    @CsvSource({
        "q_proj, model.layers.0.q_proj, 4",
        "q_proj, model.layers.0.xq_proj, 8",
        "q_proj, q_proj, 4",
        "layers.[01].q_proj, model.layers.1.q_proj, 4",
        "model.layers.\\d+.(q|k)_proj, model.layers.31.k_proj, 4",
        "^q_proj, model.q_proj, 8",
        "^model.*q_proj, model.q_proj, 4",
        "q_proj|k_proj, model.k_proj, 4",
        "layers, model.layers.0.q_proj, 8",
        "(a+)+b, model.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 8",
        "(.*.*.*)*x, model.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 8"
    })
    @Timeout(5)
    void keysAreRegularExpressionsForTheEndOfAPath(String key, String path, int rank) {
        AdapterConfig config = new AdapterConfig(
                8, 16, 0, new TreeSet<>(Set.of("q")), false, Map.of(key, 4), Map.of(), "none", null, null);
        assertThat(config.scaling().rankOf(path)).isEqualTo(rank);
        assertThat(config.scaling().scalingOf(path)).isEqualTo(16.0 / rank);
    }

    private void config(String json) throws IOException {
        Files.writeString(folder.resolve(AdapterConfig.FILE), json);
    }
}
