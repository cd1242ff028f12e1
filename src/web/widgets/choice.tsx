/** One of a few, each with a line that says what it means. */
export interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  /** Value, name, meaning. */
  readonly options: readonly (readonly [Value, string, string])[];
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { legend, name, value, onValue, options } = props;
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {options.map(([option, title, meaning]) => (
        <label key={option} class="choice-option">
          <input
            type="radio"
            name={name}
            checked={option === value}
            onChange={() => onValue(option)}
          />
          <span class="choice-title">{title}</span>
          <span class="choice-meaning">{meaning}</span>
        </label>
      ))}
    </fieldset>
  );
}
