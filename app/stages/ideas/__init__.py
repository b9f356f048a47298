"""Ideas: what the province is asked to order, and the list of topics it decides to order.

Idea   an order form (phiếu đề xuất đặt hàng), asked by a questionnaire (`order`), saved while typing, or through a link (`links`): draft → submitted → in identification → approved, rejected, redirected.
       The receiving body's commitment to take the result is part of it; without it nothing is submitted.
Group  ideas that ask for much the same, put side by side by an officer. Merged: an idea that goes on as part of another;
       until a council has that one it can be undone, and everybody who proposed one of them is named on the topic.
Fate   how an idea ended: carried out by selection or directly, passed on to an enterprise or to the fund, not carried out.
Topic  one entry of an approved list, frozen by a dated decision: title (and the one proposed), aim, products (type, name, unit, quantity, quality), kind,
       mode (selection or direct assignment), ceiling, main priority item. Then approved → in call → assigned, or open again, or dropped.

Enters: forms of researchers and bodies; outcomes of an identification council, or minutes recorded by an officer.
Leaves: topics, which calls put out. Pages: views (order form), lists, desk_views (officer, province), topic_views; acts: actions, desk
(groups, mergers, passing on, products), council (the ballot and what comes of it), topics.
"""
